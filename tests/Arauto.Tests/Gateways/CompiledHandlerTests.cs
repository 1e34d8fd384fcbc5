using System.Diagnostics;
using Arauto.Gateways;

namespace Arauto.Tests.Gateways;

/// <summary>Handlers are bound once: a message meets no reflection.</summary>
public sealed class CompiledHandlerTests
{
    [Fact]
    public async Task No_frame_of_reflection_stands_between_the_server_and_handler_constructor_or_filter()
    {
        var bench = GatewayBench.Of<Looking>();
        bench.Builder.AddFilter((context, next) => next(context)).On("lambda", (int number, Socket socket) => Looking.Frames());
        // On a stack of its own: the runner calls tests by reflection.
        var frames = await Task.Run(async () => $"{await bench.SendAsync("method", "[1]")}{await bench.SendAsync("lambda", "[1]")}");
        Assert.Equal("[0][0]", frames);
        Assert.NotEqual(0, (int)typeof(Looking).GetMethod(nameof(Looking.Frames))!.Invoke(null, null)!);
    }

    /// <summary>Bytes: scope, context, call and result of one event without arguments. Measured: 320.</summary>
    [Fact]
    public void An_event_allocates_what_it_needs_and_no_arrays_of_arguments()
    {
#if DEBUG
        // State machines are objects in this build, and structs in the one that ships.
        const int Budget = 900;
#else
        const int Budget = 400;
#endif
        const int Rounds = 1000;
        var bench = new GatewayBench();
        bench.Builder.On("ping", (Socket socket, CancellationToken stop) => { });
        var socket = GatewayBench.NewSocket();
        long before = 0;
        for (var i = -200; i < Rounds; i++)
        {
            if (i == 0) before = GC.GetAllocatedBytesForCurrentThread();
            var handled = bench.Definition.InvokeAsync(socket, "ping", EventArguments.Empty, null, CancellationToken.None);
            Assert.True(handled.IsCompletedSuccessfully);
        }
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds, 0, Budget);
    }

    public sealed class Looking : Gateway
    {
        private readonly int _whenMade = Frames();

        /// <summary>How many frames of reflection are on the stack.</summary>
        public static int Frames() =>
            new StackTrace().GetFrames().Count(frame => frame.GetMethod()?.DeclaringType is { } type
                && (type.Namespace?.StartsWith("System.Reflection", StringComparison.Ordinal) == true || type == typeof(RuntimeMethodHandle) || type == typeof(Activator)));

        [Event("method")]
        public int Method(int number) => _whenMade + Frames();
    }
}
