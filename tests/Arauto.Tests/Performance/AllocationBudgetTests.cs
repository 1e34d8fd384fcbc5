using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Arauto.Tests.Performance;

/// <summary>Bytes allocated per call, which unlike times do not depend on how busy the machine is. The budgets hold for Release, so the check is a program of its own.</summary>
public sealed class AllocationBudgetTests
{
    [Fact]
    public async Task No_benchmark_allocates_more_than_its_budget()
    {
        using var check = Process.Start(new ProcessStartInfo(Path.Combine(Root(), "perf", "run"), "check") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        // The reads end with the deadline too: a process that outlives the check may hold the pipes.
        var output = check.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = check.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await check.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            if (!check.HasExited) check.Kill(entireProcessTree: true);
        }
        Assert.True(check.ExitCode == 0, $"{await output}{await errors}");
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
