using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Arauto.EngineIo;
using Arauto.Transports.EngineIo;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>To each client the server says the numbers from 0 on, in its own time and by either way of sending, and notes what the client says.</summary>
internal sealed class Conversation(int messages, int seed) : IEngineIoFrameHandler
{
    private int _sessions;

    public ConcurrentDictionary<string, Talk> Talks { get; } = new();

    public void OnOpened(EngineIoSession session)
    {
        var talk = new Talk(session, new Random(seed + Interlocked.Increment(ref _sessions)));
        Talks[session.Id] = talk;
        talk.Speaking = Task.Run(() => talk.SpeakAsync(messages));
    }

    public ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message)
    {
        Talks[session.Id].Heard.Enqueue(message.IsBinary ? "binary" : Encoding.UTF8.GetString(message.Data.Span));
        return default;
    }

    public void OnClosed(EngineIoSession session, EngineIoCloseReason reason) => Talks[session.Id].Heard.Enqueue("closed " + reason.Word());

    public void OnSendCompleted(EngineIoSession session) => Talks[session.Id].Completed.Release();

    internal sealed class Talk(EngineIoSession session, Random random)
    {
        public ConcurrentQueue<string> Heard { get; } = [];

        public SemaphoreSlim Completed { get; } = new(0);

        public Task Speaking { get; set; } = Task.CompletedTask;

        public async Task SpeakAsync(int messages)
        {
            for (var i = 0; i < messages; i++)
            {
                var text = i.ToString(CultureInfo.InvariantCulture);
                if (random.Next(2) == 0) session.Send(text);
                else if (!session.SendFrames([EngineIoFrames.Text(EngineIoPacketType.Message, text)])) await Completed.WaitAsync();
                if (random.Next(3) == 0) await Task.Delay(random.Next(12));
            }
        }
    }
}
