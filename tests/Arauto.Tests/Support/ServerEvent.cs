using System.Text.Json.Nodes;

namespace Arauto.Tests.Support;

/// <summary>An event as an <c>EventSource</c> hands it out.</summary>
/// <param name="Type"><c>message</c> where the stream names none.</param>
/// <param name="Data">The data lines, joined.</param>
/// <param name="Id">The last event id at this event.</param>
internal sealed record ServerEvent(string Type, string Data, string Id)
{
    /// <summary>The data as a frame of the native protocol.</summary>
    public JsonObject Json => JsonNode.Parse(Data)!.AsObject();
}
