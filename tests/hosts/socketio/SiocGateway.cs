using System.Text;
using Arauto.Gateways;

namespace Arauto.SocketIoHost;

/// <summary>The main namespace of the suite of the JavaScript client.</summary>
internal sealed class SiocGateway(TimeProvider clock) : Gateway
{
    private const string BinaryHasCome = "abuff1";

    private static readonly byte[] Binary = "asdfasdf"u8.ToArray();
    private static readonly string[] Utf8 = ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"];

    private string Now => $"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}";

    public override ValueTask OnConnectingAsync(ConnectContext context)
    {
        if (context.Handshake.Query.GetValueOrDefault("fail") is { Length: > 0 }) context.Refuse("Auth failed (main namespace)");
        return default;
    }

    [Event("hi")]
    public ValueTask Hi() => Socket.EmitAsync("hi");

    [Event("ack")]
    public async Task AskAsync()
    {
        var answer = await Socket.EmitWithAckAsync("ack");
        if (Encoding.UTF8.GetString(answer.Json.Span) == """[5,{"test":true}]""") await Socket.EmitAsync("got it");
    }

    [Event("getAckDate")]
    public string GetAckDate() => Now;

    [Event("getDate")]
    public ValueTask GetDate() => Socket.EmitAsync("takeDate", Now);

    [Event("getDateObj")]
    public ValueTask GetDateObject() => Socket.EmitAsync("takeDateObj", new { date = Now });

    [Event("getUtf8")]
    public async Task GetUtf8Async()
    {
        foreach (var text in Utf8) await Socket.EmitAsync("takeUtf8", text);
    }

    [Event("false")]
    public ValueTask False() => Socket.EmitAsync("false", false);

    [Event("doge")]
    public ValueTask Doge() => Socket.EmitAsync("doge", Binary);

    [Event("getbin")]
    public ValueTask GetBinary() => Socket.EmitAsync("takebin", Binary);

    [Event("buffa")]
    public async Task TakeBinaryAsync(EventArguments arguments)
    {
        if (arguments.Count == 1 && arguments.IsBinary(0)) await Socket.EmitAsync("buffack");
    }

    [Event("jsonbuff")]
    public async Task TakeNestedBinaryAsync(NestedBinary value)
    {
        if (value is { Hello: "lol", Message: not null, Goodbye: "gotcha" }) await Socket.EmitAsync("jsonbuff-ack");
    }

    [Event("abuff1")]
    public void TakeBinaryFirst(EventArguments arguments)
    {
        if (arguments.Count == 1 && arguments.IsBinary(0)) Socket.Data[BinaryHasCome] = true;
    }

    [Event("abuff2")]
    public async Task TakeTextSecondAsync(string text)
    {
        if (text.Length > 0 && Socket.Data.ContainsKey(BinaryHasCome)) await Socket.EmitAsync("abuff2-ack");
    }

    [Event("getHandshake")]
    public HandshakeView GetHandshake() => HandshakeView.Of(Socket.Handshake);

    [Event("getId")]
    public string GetId() => Socket.Id;
}
