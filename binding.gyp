{
  'variables': {
    # Sanitizers to build with: node-gyp rebuild --sanitize=address,undefined
    'sanitize%': '',
    # The sources of the C++ tests are not in the published package.
    'has_core_tests%': '<!(node -p "Number(fs.existsSync(\'test/native/core\'))")',
    'core_sources': [
      'native/core/call_stacks.cc',
      'native/core/frame_table.cc',
      'native/core/gc_ledger.cc',
      'native/core/json_text.cc',
      'native/core/last_capture.cc',
      'native/core/site_ledger.cc',
      'native/core/stack_table.cc',
    ],
  },
  'target_defaults': {
    'cflags_cc!': ['-std=gnu++17'],
    'cflags_cc': [
      '-std=gnu++20',
      '-fno-exceptions',
      '-fno-rtti',
      '-fvisibility=hidden',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-Wno-unused-parameter',
    ],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'gnu++20',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
      'GCC_ENABLE_CPP_RTTI': 'NO',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
    },
    'msvs_settings': {
      'VCCLCompilerTool': {'AdditionalOptions': ['/std:c++20']},
    },
    'conditions': [
      # The binary runs where the system's C++ library is older than ours. Of
      # the one that is linked in, what is not used is left out, and nothing is
      # shown to the process, which has a C++ library of its own. Optimized for
      # size: every service has it in memory, and a reading takes as long.
      ['OS=="linux" and sanitize==""', {
        'cflags!': ['-O3'],
        'cflags_cc': ['-Os', '-ffunction-sections', '-fdata-sections'],
        'ldflags': [
          '-static-libstdc++',
          '-static-libgcc',
          '-Wl,--exclude-libs,ALL',
          '-Wl,--gc-sections',
        ],
      }],
      ['sanitize!=""', {
        # The vptr check needs RTTI.
        'cflags_cc': [
          '-fsanitize=<(sanitize)',
          '-fno-sanitize=vptr',
          '-fno-omit-frame-pointer',
          '-g',
        ],
        'ldflags': ['-fsanitize=<(sanitize)'],
      }],
    ],
  },
  'targets': [
    {
      # V8's C++ interface ties the binary to one major version of Node.js,
      # although it is loaded through Node-API: prebuilds carry the ABI's number.
      'target_name': 'heaptide',
      'include_dirs': ['<!(node -p "require(\'node-addon-api\').include_dir")'],
      'defines': [
        'NAPI_VERSION=9',
        'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      ],
      'sources': [
        '<@(core_sources)',
        'native/addon.cc',
        'native/binding/arguments.cc',
        'native/binding/environment.cc',
        'native/binding/errors.cc',
        'native/binding/heap_methods.cc',
        'native/binding/journal_methods.cc',
        'native/binding/mapped_file.cc',
        'native/binding/near_limit_methods.cc',
        'native/binding/site_methods.cc',
        'native/engine/allocation_sampler.cc',
        'native/engine/allocation_tree.cc',
        'native/engine/cpu_time.cc',
        'native/engine/evidence_file.cc',
        'native/engine/function_location.cc',
        'native/engine/gc_observer.cc',
        'native/engine/heap_reader.cc',
        'native/engine/heap_spaces.cc',
        'native/engine/isolate.cc',
        'native/engine/near_heap_limit.cc',
        'native/engine/resident_set.cc',
        'native/engine/v8_version.cc',
      ],
      'conditions': [
        ['OS=="linux" and sanitize==""', {
          'sources': ['native/runtime/cxx_runtime.cc'],
          'ldflags': [
            '-Wl,--version-script=<(module_root_dir)/native/runtime/exports.map',
          ],
        }],
      ],
    },
  ],
  'conditions': [
    ['has_core_tests==1', {
      'targets': [
        {
          'target_name': 'core_tests',
          'type': 'executable',
          'sources': [
            '<@(core_sources)',
            'test/native/core/call_stacks_test.cc',
            'test/native/core/estimate_test.cc',
            'test/native/core/fields_test.cc',
            'test/native/core/frame_table_test.cc',
            'test/native/core/gc_ledger_test.cc',
            'test/native/core/last_capture_test.cc',
            'test/native/core/main.cc',
            'test/native/core/site_ledger_test.cc',
            'test/native/core/stack_table_test.cc',
          ],
        },
        {
          # Loaded by a test: whether V8's structures have the sizes that its headers say.
          'target_name': 'abi_canary',
          # Not loadable_module: the loader of packages takes the first file that ends in .node.
          'type': 'shared_library',
          'product_prefix': '',
          'product_extension': 'addon',
          'sources': ['test/native/canary/abi_canary.cc'],
        },
        {
          # Loaded by a benchmark: what V8 itself takes to read allocation sites.
          'target_name': 'v8_cost',
          'type': 'shared_library',
          'product_prefix': '',
          'product_extension': 'addon',
          'sources': ['test/bench/sites-cost/v8_cost.cc'],
        },
      ],
    }],
  ],
}
