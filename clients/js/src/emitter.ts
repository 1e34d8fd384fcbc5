type Handler = (value: any) => void;

/** Handlers by event. */
export class Emitter {
  // Replaced, never changed: so handlers may come and go while one is called.
  private _handlers: [event: string, handler: Handler][] = [];

  _on(event: string, handler: Handler) {
    this._handlers = [...this._handlers, [event, handler]];
  }

  _off(event: string, handler: Handler) {
    this._handlers = this._handlers.filter(([name, known]) => name !== event || known !== handler);
  }

  /** Whether anybody would hear the event, or any event. */
  _isHeard(event?: string) {
    return this._handlers.some(([name]) => !event || name === event);
  }

  _emit(event: string, value: unknown) {
    for (const [name, handler] of this._handlers) {
      if (name !== event) continue;
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
