using System.Collections.Concurrent;
using System.Threading.Channels;
using Arauto.Server.CommandLine.Chatting;

namespace Arauto.Server.Tests.CommandLine.Chatting;

/// <summary>A screen whose lines can be read and whose keyboard is the test.</summary>
internal sealed class FakeScreen : IChatScreen
{
    private readonly Channel<string> _typed = System.Threading.Channels.Channel.CreateUnbounded<string>();

    public event Action? Typing;

    public ConcurrentQueue<string> Lines { get; } = new();

    public string TypingLine { get; private set; } = "";

    public void Type(string line) => _typed.Writer.TryWrite(line);

    public void PressKey() => Typing?.Invoke();

    public void EndInput() => _typed.Writer.TryComplete();

    public void WriteLine(string line) => Lines.Enqueue(line);

    public void ShowTyping(string who) => TypingLine = who;

    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await _typed.Reader.WaitToReadAsync(cancellationToken) ? await _typed.Reader.ReadAsync(cancellationToken) : null;

    public void Dispose()
    {
    }
}
