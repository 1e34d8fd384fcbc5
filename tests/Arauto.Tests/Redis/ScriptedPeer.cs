using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Arauto.Tests.Redis;

/// <summary>One client of a <see cref="ScriptedRedis"/>.</summary>
internal sealed class ScriptedPeer(Socket socket, int number) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private StreamReader? _reader;

    /// <summary>The port of the server that it is connected to.</summary>
    public int ServerPort { get; } = ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>Which connection it is, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>Sends bytes as they are, each piece by itself.</summary>
    public async Task SendAsync(params string[] pieces)
    {
        socket.NoDelay = true;
        foreach (var piece in pieces) await _stream.WriteAsync(Encoding.Latin1.GetBytes(piece), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _stream.Dispose();

    public async Task<string[]?> ReadCommandAsync(CancellationToken cancellationToken)
    {
        // Latin 1 has one byte per character, so that lengths agree.
        _reader ??= new StreamReader(_stream, Encoding.Latin1);
        if (await _reader.ReadLineAsync(cancellationToken) is not { } header) return null;
        var command = new string[int.Parse(header.AsSpan(1), CultureInfo.InvariantCulture)];
        for (var i = 0; i < command.Length; i++)
        {
            var length = int.Parse((await _reader.ReadLineAsync(cancellationToken)).AsSpan(1), CultureInfo.InvariantCulture);
            var text = new char[length + 2];
            await _reader.ReadBlockAsync(text, cancellationToken);
            command[i] = new string(text, 0, length);
        }
        return command;
    }
}
