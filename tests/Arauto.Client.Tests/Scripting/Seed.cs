namespace Arauto.Client.Tests.Scripting;

/// <summary>The seed of a randomised test: from ARAUTO_SEED, or drawn; printed either way.</summary>
internal static class Seed
{
    public static Random Create()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ARAUTO_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"ARAUTO_SEED={seed}");
        return new Random(seed);
    }
}
