using System.Globalization;

namespace Arauto.Tests.Support;

/// <summary>The seed of a randomised test: printed, and taken from <c>ARAUTO_SEED</c> to repeat a run.</summary>
public static class Seed
{
    public static Random CreateRandom()
    {
        var given = Environment.GetEnvironmentVariable("ARAUTO_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"ARAUTO_SEED={seed}");
        return new Random(seed);
    }
}
