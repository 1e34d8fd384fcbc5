using System.Text.Json;
using Arauto.Gateways;

namespace Snippets.Documents;

public sealed record Document(string Title, int Version);

public interface IDocuments
{
    Task<bool> MayOpenAsync(string user, string id);

    Task<Document> LoadAsync(string id, CancellationToken stop);
}

public sealed class DocumentGateway(IDocuments documents) : Gateway
{
    [Event("join_document")]
    public async Task<Document> JoinAsync(string id, CancellationToken stop)
    {
        if (!await documents.MayOpenAsync(Socket.User, id)) throw new GatewayException("You may not open this document.") { Code = "forbidden" };

        await Socket.JoinAsync($"doc:{id}");
        await Socket.To($"doc:{id}").EmitAsync("user_joined", new { user = Socket.User });
        return await documents.LoadAsync(id, stop);
    }

    [Event("leave_document")]
    public async Task LeaveAsync(string id)
    {
        await Socket.LeaveAsync($"doc:{id}");
        await Clients.To($"doc:{id}").EmitAsync("user_left", new { user = Socket.User });
    }

    public override ValueTask OnConnectingAsync(ConnectContext context)
    {
        if (!context.Handshake.Query.TryGetValue("version", out var version) || version != "2")
            context.Refuse("Please reload the page.", new { needs = "2" });
        return default;
    }

    public override async ValueTask OnConnectedAsync() => await Socket.EmitAsync("welcome", Socket.User);

    public override async ValueTask OnDisconnectingAsync(string reason)
    {
        foreach (var room in Socket.Rooms.Where(room => room.StartsWith("doc:", StringComparison.Ordinal)))
            await Socket.To(room).EmitAsync("user_left", new { user = Socket.User, reason });
    }

    [Event("draw", PerSecond = 20, Burst = 60)]
    public ValueTask DrawAsync(string id, Stroke stroke) => Socket.To($"doc:{id}").EmitAsync("drawn", stroke);

    [ServerEvent("document_closed")]
    public ValueTask ClosedAsync(string id) => Clients.In($"doc:{id}").EmitAsync("closed", id);
}

public sealed record Stroke(string Color, double[] Points, byte[]? Texture);

public sealed class LoggingFilter(TimeProvider time, ILogbook logbook) : IEventFilter
{
    public async ValueTask<object?> InvokeAsync(EventContext context, EventDelegate next)
    {
        var started = time.GetTimestamp();
        try
        {
            return await next(context);
        }
        finally
        {
            logbook.Add($"{context.Socket.User} {context.Event} {time.GetElapsedTime(started).TotalMilliseconds} ms");
        }
    }
}

public interface ILogbook
{
    void Add(string line);
}

[UseFilter<LoggingFilter>]
public sealed class LoggedGateway : Gateway
{
    [Event("upload")]
    public static int Upload(string name, byte[] content, string? comment, int version = 1) => content.Length;

    [Event("save")]
    public static async Task SaveAsync(JsonElement document, Acknowledgement acknowledge, IDocuments documents, CancellationToken stop)
    {
        await acknowledge("received");
        await documents.LoadAsync(document.GetProperty("id").GetString()!, stop);
    }

    [Event("relay")]
    public ValueTask RelayAsync(string room, string name, EventArguments rest) => Socket.To(room).EmitAsync(name, rest);
}
