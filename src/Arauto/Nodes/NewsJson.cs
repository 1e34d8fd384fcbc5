using System.Text.Json.Serialization;
using Arauto.Auth;
using Arauto.Rooms;

namespace Arauto.Nodes;

/// <summary>What nodes tell each other about rooms and tokens, as JSON.</summary>
[JsonSerializable(typeof(Revocation))]
[JsonSerializable(typeof(RoomChange))]
internal sealed partial class NewsJson : JsonSerializerContext;
