using System.Collections;

namespace Arauto.Server.Configuration;

/// <summary>Which environment variables are ours.</summary>
internal static class EnvironmentVariables
{
    /// <summary>How ours begin.</summary>
    public const string Prefix = "ARAUTO_";

    /// <summary>The variable that names the configuration file.</summary>
    public const string Config = "ARAUTO_CONFIG";

    /// <summary>The variable that holds the channels' rules as JSON.</summary>
    public const string Channels = "ARAUTO_CHANNELS";

    /// <summary>Ours among <paramref name="environment"/>, without those that Kubernetes makes.</summary>
    public static IEnumerable<(string Name, string Value)> Select(IDictionary environment)
    {
        foreach (DictionaryEntry entry in environment)
        {
            var (name, value) = ((string)entry.Key, (string?)entry.Value ?? "");
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && !IsServiceLink(name, value)) yield return (name, value);
        }
    }

    /// <remarks>
    /// A Kubernetes Service called "arauto" or "arauto-metrics" puts ARAUTO_SERVICE_HOST, ARAUTO_PORT=tcp://…,
    /// ARAUTO_METRICS_PORT_9095_TCP_ADDR and so on into every pod; without this such a pod could not start.
    /// </remarks>
    private static bool IsServiceLink(string name, string value) =>
        name.EndsWith("_SERVICE_HOST", StringComparison.Ordinal)
        || name.Contains("_SERVICE_PORT", StringComparison.Ordinal)
        || (name.EndsWith("_PORT", StringComparison.Ordinal) && value.Contains("://", StringComparison.Ordinal))
        || (name.Contains("_PORT_", StringComparison.Ordinal) && (name.Contains("_TCP", StringComparison.Ordinal) || name.Contains("_UDP", StringComparison.Ordinal)));
}
