type Handler = (value: any) => void;

/** Handlers by event. */
export class Emitter {
  private readonly _handlers = new Map<string, Set<Handler>>();

  _on(event: string, handler: Handler) {
    if (!this._handlers.has(event)) this._handlers.set(event, new Set());
    this._handlers.get(event)!.add(handler);
  }

  _off(event: string, handler: Handler) {
    this._handlers.get(event)?.delete(handler);
  }

  /** Whether anybody would hear. */
  _has(event: string) {
    return !!this._handlers.get(event)?.size;
  }

  /** Whether there is any handler. */
  get _isHeard() {
    return [...this._handlers.values()].some((handlers) => handlers.size);
  }

  _emit(event: string, value: unknown) {
    for (const handler of [...(this._handlers.get(event) ?? [])]) {
      try {
        handler(value);
      } catch (error) {
        // The handler's fault is the page's to report and must not stop the frames behind it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
