using System.Text.Json.Serialization.Metadata;

namespace Arauto.Server.Demo.Map;

/// <summary>A kind of object: its word in the database, and its JSON.</summary>
internal sealed record MapKind<T>(string Word, JsonTypeInfo<T> Json)
    where T : MapObject;
