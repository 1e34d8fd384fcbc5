namespace Arauto.Scenarios.SocketIo;

/// <summary>A server of the same work.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Program">What runs it.</param>
/// <param name="Arguments">The rest of the command line.</param>
/// <param name="Environment">Variables it is started with.</param>
internal sealed record SocketIoVariant(string Name, string Program, string[] Arguments, params (string Name, string Value)[] Environment);
