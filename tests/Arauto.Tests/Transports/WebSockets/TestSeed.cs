namespace Arauto.Tests.Transports.WebSockets;

/// <summary>The seed of a randomised test: new each run and printed, or given by ARAUTO_SEED.</summary>
internal static class TestSeed
{
    public static Random Create()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ARAUTO_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"ARAUTO_SEED={seed}");
        Console.WriteLine($"{TestContext.Current.Test?.TestDisplayName}: ARAUTO_SEED={seed}");
        return new Random(seed);
    }
}
