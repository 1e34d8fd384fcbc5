namespace Arauto.Protocol.Tests;

/// <summary>Randomness of a randomised test: printed, and repeatable by the environment variable ARAUTO_SEED.</summary>
internal static class Seed
{
    public static Random Start(ITestOutputHelper output)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ARAUTO_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"ARAUTO_SEED={seed}");
        return new Random(seed);
    }
}
