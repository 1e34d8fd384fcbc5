namespace Arauto.Transports;

/// <summary>The words for transports on the wire and in metrics.</summary>
internal static class TransportWords
{
    /// <summary>All of them, in the order of <see cref="TransportKind"/>.</summary>
    public static IReadOnlyList<string> All { get; } = ["websocket", "sse", "poll"];

    /// <summary>The word of a transport.</summary>
    public static string Word(this TransportKind kind) => All[(int)kind];

    /// <summary>The transport of a word.</summary>
    public static bool TryParse(string? word, out TransportKind kind)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] != word) continue;
            kind = (TransportKind)i;
            return true;
        }
        kind = default;
        return false;
    }
}
