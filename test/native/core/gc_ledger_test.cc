#include "../../../native/core/gc_ledger.h"

#include "check.h"

namespace heaptide::test {

using core::GcKind;
using core::GcLedger;
using core::HeapArray;
using core::HeapField;

void TestGcLedger() {
  Test("a scavenge counts its bytes, its pause and its floor", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    ledger.Begin(GcKind::kMinor, 1000, 10);
    const bool is_counted = ledger.End(GcKind::kMinor, 400, 12);

    Check(is_counted);
    Check(heap[HeapField::kMinorCount] == 1);
    Check(heap[HeapField::kFreed] == 600);
    Check(heap[HeapField::kPause] == 2);
    Check(heap[HeapField::kMinorFloor] == 400);
    Check(heap[HeapField::kFloor] == 0);
  });

  Test("a major GC sets the floor and its time", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    ledger.Begin(GcKind::kMajor, 1000, 10);
    Check(ledger.End(GcKind::kMajor, 100, 15));

    Check(heap[HeapField::kMajorCount] == 1);
    Check(heap[HeapField::kFloor] == 100);
    Check(heap[HeapField::kFloorTime] == 15);
    Check(heap[HeapField::kMinorFloor] == 0);
  });

  Test("weak callbacks inside a major GC add nothing of their own", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    ledger.Begin(GcKind::kMajor, 1000, 10);
    ledger.Begin(GcKind::kWeakCallback, 500, 12);
    Check(ledger.End(GcKind::kWeakCallback, 200, 14));
    Check(ledger.End(GcKind::kMajor, 200, 15));

    Check(heap[HeapField::kWeakCallbackCount] == 1);
    Check(heap[HeapField::kFreed] == 800);
    Check(heap[HeapField::kPause] == 5);
  });

  Test("a GC inside weak callbacks frees, and its pause counts once", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    ledger.Begin(GcKind::kWeakCallback, 900, 10);
    ledger.Begin(GcKind::kMinor, 900, 11);
    Check(ledger.End(GcKind::kMinor, 300, 13));
    Check(ledger.End(GcKind::kWeakCallback, 300, 14));

    Check(heap[HeapField::kFreed] == 600);
    Check(heap[HeapField::kPause] == 4);
  });

  Test("a collection inside a collection frees its bytes once", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    ledger.Begin(GcKind::kMajor, 1000, 10);
    ledger.Begin(GcKind::kMinor, 900, 11);
    Check(ledger.End(GcKind::kMinor, 500, 12));
    Check(ledger.End(GcKind::kMajor, 300, 13));

    Check(heap[HeapField::kFreed] == 700);
    Check(heap[HeapField::kMinorCount] == 1);
    Check(heap[HeapField::kMajorCount] == 1);
  });

  Test("starting to mark frees nothing", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    ledger.Begin(GcKind::kIncremental, 1000, 10);
    Check(ledger.End(GcKind::kIncremental, 900, 11));

    Check(heap[HeapField::kIncrementalCount] == 1);
    Check(heap[HeapField::kFreed] == 0);
  });

  Test("freed bytes never go down", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    ledger.Begin(GcKind::kMinor, 1000, 10);
    Check(ledger.End(GcKind::kMinor, 1200, 11));

    Check(heap[HeapField::kFreed] == 0);
  });

  Test("an end without its beginning is ignored", [] {
    HeapArray heap;
    GcLedger ledger(&heap);

    const bool is_counted = ledger.End(GcKind::kMajor, 100, 11);

    Check(!is_counted);
    Check(heap[HeapField::kMajorCount] == 0);
    Check(heap[HeapField::kFloor] == 0);
  });

  Test("an abandoned bracket does not reach into later ones", [] {
    HeapArray heap;
    GcLedger ledger(&heap);
    ledger.Begin(GcKind::kMajor, 5000, 10);

    ledger.Abandon();
    ledger.Begin(GcKind::kMinor, 1000, 100);
    Check(ledger.End(GcKind::kMinor, 900, 101));

    Check(heap[HeapField::kFreed] == 100);
    Check(heap[HeapField::kPause] == 1);
  });
}

}  // namespace heaptide::test
