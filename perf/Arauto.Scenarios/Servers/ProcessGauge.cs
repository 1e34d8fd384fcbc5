using System.Diagnostics;
using System.Globalization;

namespace Arauto.Scenarios.Servers;

/// <summary>What a process uses, as the kernel counts it (Linux).</summary>
internal static class ProcessGauge
{
    /// <summary>The processor time used so far.</summary>
    public static TimeSpan ProcessorTime(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    /// <summary>Resident bytes.</summary>
    public static long ResidentBytes(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6, line.Length - 6 - 2).Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
