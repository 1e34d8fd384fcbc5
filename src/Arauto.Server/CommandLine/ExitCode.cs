namespace Arauto.Server.CommandLine;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>It did not work; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; standard error says how to mend it.</summary>
    public const int Usage = 2;
}
