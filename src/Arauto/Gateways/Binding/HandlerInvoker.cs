namespace Arauto.Gateways.Binding;

/// <summary>Calls a handler: compiled at start, so that a message needs no reflection.</summary>
/// <returns>What it gave; see <see cref="HandlerResult"/>.</returns>
internal delegate ValueTask<object?> HandlerInvoker(HandlerCall call);
