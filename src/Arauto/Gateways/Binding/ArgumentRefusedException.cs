namespace Arauto.Gateways.Binding;

/// <summary>A client's argument is not what the handler takes. The message is for the client.</summary>
internal sealed class ArgumentRefusedException(string message) : Exception(message);
