using System.Text.Json;
using System.Text.Json.Serialization;
using Arauto.Gateways.Binding;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Gateways;

/// <summary>Why an event failed, as the client is told.</summary>
internal sealed record EventFailure(string Code, string Message, object? Details = null, double? RetryAfter = null)
{
    public static EventFailure Internal { get; } = new(ErrorCode.Internal.Word(), "The server failed on this event; its log has the details.");

    public static EventFailure RateLimited(string name, TimeSpan wait) =>
        new(ErrorCode.RateLimited.Word(), $"Too many \"{name}\" events; wait a little.", RetryAfter: Math.Round(wait.TotalSeconds, 3));

    /// <summary>What an exception says to the client; <see langword="null"/> for one that says nothing and is a fault of ours.</summary>
    public static EventFailure? Of(Exception exception) => exception switch
    {
        GatewayException told => new(told.Code, told.Message, told.Details, told.RetryAfter?.TotalSeconds),
        EmitRefusedException refused => new(refused.Code.Word(), refused.Message, RetryAfter: refused.RetryAfter?.TotalSeconds),
        StoreUnavailableException => new(ErrorCode.Unavailable.Word(), "The store cannot serve now; try again.", RetryAfter: 1),
        ArgumentRefusedException refused => new(ErrorCode.InvalidMessage.Word(), refused.Message),
        _ => null,
    };

    /// <summary>The failure as the only argument of an acknowledgement or of the event <c>exception</c>.</summary>
    public EventArguments ToArguments(JsonSerializerOptions json) => EventArguments.From([new Envelope(new Body(Code, Message, Details, RetryAfter))], json);

    // The names hold whatever the application's naming policy is.
    private sealed record Envelope([property: JsonPropertyName("error")] Body Error);

    private sealed record Body(
        [property: JsonPropertyName("code")] string Code,
        [property: JsonPropertyName("message")] string Message,
        [property: JsonPropertyName("data"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Details,
        [property: JsonPropertyName("retry_after"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? RetryAfter);
}
