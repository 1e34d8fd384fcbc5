namespace Arauto.Server.CommandLine;

/// <summary>The command line is wrong in a way that only shows when the verb runs. Ends the process with <see cref="ExitCode.Usage"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
