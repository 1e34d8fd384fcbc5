using System.Text.Json.Serialization;
using Arauto.Auth;
using Arauto.Rooms;

namespace Arauto.Nodes;

/// <summary>What nodes tell each other about rooms, tokens and connections, as JSON.</summary>
[JsonSerializable(typeof(Revocation))]
[JsonSerializable(typeof(RoomChange))]
[JsonSerializable(typeof(ConnectionQuestion))]
[JsonSerializable(typeof(ConnectionAnswer))]
internal sealed partial class NewsJson : JsonSerializerContext;
