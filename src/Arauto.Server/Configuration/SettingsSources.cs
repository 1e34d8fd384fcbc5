using System.Collections;

namespace Arauto.Server.Configuration;

/// <summary>Where settings come from, before anything is read.</summary>
internal sealed class SettingsSources
{
    /// <summary>What the command line gives: option names without hyphens in front, and their values.</summary>
    public IReadOnlyDictionary<string, string> CommandLine { get; init; } = new Dictionary<string, string>();

    /// <summary>The environment.</summary>
    public IDictionary Environment { get; init; } = new Hashtable();

    /// <summary>The file of <c>--config</c>; <see langword="null"/> for <c>ARAUTO_CONFIG</c>, else <c>arauto.json</c> in <see cref="Folder"/> if it is there.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The folder in which <c>arauto.json</c> is looked for.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>Further variables that mean something to other parts of the program, such as options of other commands; they are passed over.</summary>
    public IReadOnlyCollection<string> OtherVariables { get; init; } = [];
}
