namespace Arauto.Gateways;

/// <summary>Why a client may not enter a namespace.</summary>
/// <param name="Message">For the client.</param>
/// <param name="Data">More about it, written with the gateway's JSON options; <see langword="null"/> if there is no more.</param>
internal sealed record ConnectRefusal(string Message, object? Data = null);
