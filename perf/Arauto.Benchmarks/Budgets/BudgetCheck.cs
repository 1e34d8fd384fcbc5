using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace Arauto.Benchmarks.Budgets;

/// <summary>
/// Compares the bytes that each benchmark allocates per call, on all threads, with a checked-in budget. Allocation does
/// not depend on how busy the machine is, so unlike a time it can be a test.
/// </summary>
internal static class BudgetCheck
{
    private const int WarmUp = 300;
    private const int Calls = 400;
    private const int Rounds = 7;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Measures everything that has a budget.</summary>
    /// <param name="file">The budgets: name to bytes.</param>
    /// <param name="update">Whether to write what was measured instead of comparing.</param>
    /// <returns>The exit code: 0 if nothing is above its budget.</returns>
    public static int Run(string file, bool update)
    {
        if (IsUnoptimised(typeof(ArautoServices).Assembly))
        {
            Console.Error.WriteLine("Budgets hold for Release: without optimisation every async method allocates its state. Use perf/run check.");
            return 2;
        }
        var measured = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var type in typeof(BudgetCheck).Assembly.GetTypes().Where(type => type.GetMethods().Any(IsBenchmark))) Measure(type, measured);
        measured["IdleConnections.BytesOfOne"] = IdleConnections.Measure();
        if (update)
        {
            // A budget of the design, not the last measurement: it varies by a few bytes with what else the process holds.
            measured["IdleConnections.BytesOfOne"] = IdleConnections.Budget;
            File.WriteAllText(file, JsonSerializer.Serialize(measured, Indented) + "\n");
            Console.WriteLine($"Wrote {measured.Count} budgets to {file}.");
            return 0;
        }
        return Compare(measured, JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(file))!);
    }

    private static int Compare(IReadOnlyDictionary<string, long> measured, Dictionary<string, long> budgets)
    {
        var failed = 0;
        foreach (var (name, bytes) in measured)
        {
            var isKnown = budgets.Remove(name, out var budget);
            var verdict = !isKnown ? "HAS NO BUDGET" : bytes > budget ? "ABOVE" : bytes < budget * 0.9 ? "ok; the budget could be lowered" : "ok";
            if (!isKnown || bytes > budget) failed++;
            Console.WriteLine($"{name,-52} {bytes,8:N0} B of {budget,8:N0}  {verdict}");
        }
        foreach (var name in budgets.Keys)
        {
            failed++;
            Console.WriteLine($"{name,-52} has a budget and no benchmark");
        }
        Console.WriteLine(failed == 0 ? "All within their budgets." : $"{failed} not within the budgets.");
        return failed == 0 ? 0 : 1;
    }

    private static void Measure(Type type, SortedDictionary<string, long> measured)
    {
        var instance = Activator.CreateInstance(type)!;
        Call<GlobalSetupAttribute>(instance);
        foreach (var method in type.GetMethods().Where(IsBenchmark))
            measured[$"{type.Name}.{method.Name}"] = BytesPerCall(method.CreateDelegate<Action>(instance));
        Call<GlobalCleanupAttribute>(instance);
    }

    /// <summary>The least of some rounds: what a timer of the node allocates meanwhile falls into some of them only.</summary>
    private static long BytesPerCall(Action benchmark)
    {
        for (var i = 0; i < WarmUp; i++) benchmark();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Calls; i++) benchmark();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least / Calls;
    }

    private static bool IsBenchmark(MethodInfo method) => method.GetCustomAttribute<BenchmarkAttribute>() is not null;

    private static void Call<T>(object instance)
        where T : Attribute
    {
        foreach (var method in instance.GetType().GetMethods().Where(method => method.GetCustomAttribute<T>() is not null)) method.Invoke(instance, null);
    }

    private static bool IsUnoptimised(Assembly assembly) => assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true;
}
