using System.Globalization;
using System.Text;
using Arauto.Logs;
using Arauto.Protocol;

namespace Arauto.StoreHost;

/// <summary>A line of the host: an append that has completed.</summary>
public sealed record Acknowledgement(string Channel, Epoch Epoch, long Offset, Guid Id)
{
    // A process that is killed may leave half a line; only a whole one ends like this.
    private const string End = "ok";

    public static Acknowledgement Create(string channel, in AppendResult result) =>
        new(channel, result.Position.Epoch, result.Position.Offset, result.MessageId);

    public static Acknowledgement? TryParse(string line) => line.Split(' ') is [var channel, var epoch, var offset, var id, End] && Epoch.TryParse(epoch, out var parsed)
        ? new Acknowledgement(channel, parsed, long.Parse(offset, CultureInfo.InvariantCulture), Guid.Parse(id))
        : null;

    /// <summary>The payload that belongs to the id: of different lengths, some longer than a page of the database.</summary>
    public static byte[] CreatePayload(Guid id)
    {
        var bytes = id.ToByteArray();
        var length = bytes[15] < 8 ? 6000 : bytes[15];
        return Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","text":"{{new string((char)('a' + (bytes[14] % 26)), length)}}"}""");
    }

    public override string ToString() => $"{Channel} {Epoch} {Offset} {Id} {End}";
}
