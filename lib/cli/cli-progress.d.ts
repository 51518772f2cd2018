// The part of cli-progress that is used: the package has no types of its own.
declare module 'cli-progress' {
  export class SingleBar {
    constructor(options: {
      readonly format: string;
      readonly barsize: number;
      readonly hideCursor: boolean;
      readonly clearOnComplete: boolean;
    });
    start(total: number, value: number): void;
    update(value: number): void;
    stop(): void;
  }
}
