namespace Arauto.Server.CommandLine;

/// <summary>The verb cannot do its work; the message is one line for the user. Ends the process with <see cref="ExitCode.Failed"/>.</summary>
internal sealed class VerbException(string message, Exception? cause = null) : Exception(message, cause);
