namespace Arauto.Gateways;

/// <summary>
/// The acknowledgement in the handler's own hands: a handler that has a parameter of this type returns nothing and calls it,
/// before its end or later.
/// </summary>
/// <param name="arguments">The acknowledgement's arguments.</param>
/// <returns>Done when it is on its way. Nothing is sent if the client asked for none, has got one or is gone.</returns>
public delegate ValueTask Acknowledgement(params ReadOnlySpan<object?> arguments);
