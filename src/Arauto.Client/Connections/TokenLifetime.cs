namespace Arauto.Client.Connections;

/// <summary>When to renew a token. Pure.</summary>
internal static class TokenLifetime
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait before asking for the next token: a minute before the end, or at four fifths of a short life.</summary>
    public static TimeSpan RefreshIn(DateTimeOffset expiry, DateTimeOffset now)
    {
        var left = expiry - now;
        var wait = left - (left / 5 < Margin ? left / 5 : Margin);
        return wait > Least ? wait : Least;
    }
}
