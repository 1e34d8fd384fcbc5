using System.Security.Cryptography;
using Arauto.Logs;
using Arauto.Protocol;

namespace Arauto.Stores.Redis;

/// <summary>The epochs of the log in Redis; log.lua says how they are made. Pure functions but for the randomness.</summary>
internal static class RedisEpochs
{
    private const ulong Generations = 1 << 24;
    private const int FirstDrawn = 1 << 23;
    private const long Hour = 3_600_000;

    /// <summary>Draws a base: ten hexadecimal digits.</summary>
    public static string DrawBase() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5));

    /// <summary>Draws a generation for a log that forks or is reset.</summary>
    public static int DrawGeneration() => RandomNumberGenerator.GetInt32(FirstDrawn, (int)Generations);

    /// <summary>The epochs in which a channel was seen empty and has had no message since, given the epoch in which it began.</summary>
    /// <param name="first">The epoch of the first message.</param>
    /// <param name="life">How long a log lives at least, in milliseconds, also one whose settings were others; 0 = for ever.</param>
    public static EpochRange Beginnings(Epoch first, long life)
    {
        var generation = first.Value % Generations;
        // After a reset the channel was not empty before.
        if (generation >= FirstDrawn) return new EpochRange(first, first);
        // An earlier log that began after it was seen empty in that hour would not have come to its end before this one began.
        var hours = life == 0 ? generation : Math.Min(generation, (ulong)Math.Max(1, (life / Hour) - 1));
        return new EpochRange(new Epoch(first.Value - hours), first);
    }
}
