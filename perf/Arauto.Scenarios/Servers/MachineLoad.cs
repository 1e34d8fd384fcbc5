namespace Arauto.Scenarios.Servers;

/// <summary>How busy the whole machine is, to tell a disturbed run from a quiet one (Linux).</summary>
internal static class MachineLoad
{
    private const double TicksPerSecond = 100;

    // user, nice, system, then irq, softirq, steal; idle and iowait are between.
    private static readonly int[] Busy = [1, 2, 3, 6, 7, 8];

    /// <summary>Seconds of processor time used by everything since the machine started.</summary>
    public static double BusySeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Busy.Sum(i => long.Parse(fields[i])) / TicksPerSecond;
    }
}
