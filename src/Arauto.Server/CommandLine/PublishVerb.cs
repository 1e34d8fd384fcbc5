using System.CommandLine;
using System.Text;
using System.Text.Json;
using Arauto.Client;
using Arauto.Protocol;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary><c>arauto publish</c>: publishes one message and prints the server's answer as one JSON line.</summary>
internal static class PublishVerb
{
    private const int MaxDataBytes = 16 * 1024 * 1024;

    public static Command Create(Terminal terminal)
    {
        var channel = new Option<string>("--channel") { Description = "The channel.", HelpName = "C", Required = true };
        var @event = new Option<string>("--event") { Description = "The event; becomes the message's type.", HelpName = "NAME", Required = true };
        var data = new Option<string>("--data") { Description = "The payload as JSON; - reads it from standard input.", HelpName = "JSON", Required = true };
        var key = new Option<string>("--key") { Description = "The idempotency key: repeated with the same key, the message is published once.", HelpName = "K" };
        var timeout = new Option<string>("--timeout") { Description = $"When to give up: {Duration.Form}.", HelpName = "TIME", DefaultValueFactory = static _ => "30s" };
        var verb = new Command("publish", "Publish a message and print the server's answer.") { channel, @event, data, key, timeout };
        var connect = new ConnectOptions(verb);
        verb.SetBody(terminal, async (parsed, stop) =>
        {
            var (name, word) = (parsed.GetRequiredValue(channel), parsed.GetRequiredValue(@event));
            if (!ChannelName.IsValid(name)) throw new UsageException($"\"{TerminalText.Sanitize(name)}\" is not a channel's name");
            if (ReservedWords.CheckEvent(word) is { } wrong) throw new UsageException(wrong.Message);
            if (!Duration.TryParse(parsed.GetRequiredValue(timeout), out var limit)) throw new UsageException($"--timeout must be {Duration.Form}");
            var payload = await ReadDataAsync(parsed.GetRequiredValue(data), terminal, stop);
            using var late = new CancellationTokenSource(limit, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
            try
            {
                using var connection = await connect.ReadAsync(parsed, either.Token);
                await using var client = new ArautoClient(connection.Options);
                client.StatusChanged += (_, status) =>
                {
                    if (status.State == ConnectionState.Waiting) terminal.Error.WriteLine(StatusLines.Of(status));
                };
                terminal.WriteLine(JsonLine.Of((await client.PublishJsonAsync(name, word, payload, parsed.GetValue(key), either.Token)).Json));
                return ExitCode.Ok;
            }
            catch (OperationCanceledException error) when (either.IsCancellationRequested)
            {
                throw new VerbException(stop.IsCancellationRequested ? "stopped before the server answered" : $"no answer within {parsed.GetValue(timeout)}; the message may or may not have been published", error);
            }
        });
        return verb;
    }

    private static async Task<byte[]> ReadDataAsync(string text, Terminal terminal, CancellationToken stop)
    {
        var bytes = text == "-" ? await ReadInputAsync(terminal.Input, stop) : Encoding.UTF8.GetBytes(text);
        try
        {
            JsonElement.Parse(bytes);
        }
        catch (JsonException error)
        {
            throw new UsageException($"--data is not JSON: {TerminalText.Sanitize(error.Message)}");
        }
        return bytes;
    }

    private static async Task<byte[]> ReadInputAsync(Stream input, CancellationToken stop)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[8192];
        while (await input.ReadAsync(buffer, stop) is > 0 and var read)
        {
            if (bytes.Length + read > MaxDataBytes) throw new UsageException($"standard input holds more than {MaxDataBytes} bytes, which no server takes as one message");
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }
}
