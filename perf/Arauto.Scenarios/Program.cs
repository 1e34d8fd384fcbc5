using Arauto.Scenarios;
using Arauto.Scenarios.FanOut;
using Arauto.Scenarios.Idle;
using Arauto.Scenarios.Nodes;
using Arauto.Scenarios.SlowReaders;
using Arauto.Scenarios.SocketIo;

if (!Arguments.TryParse(args, out var arguments, out var problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}
return arguments.Verb switch
{
    "slow-reader" => await SlowReaderScenario.RunAsync(arguments),
    "idle" => await IdleScenario.RunAsync(arguments),
    "fanout" => await FanOutScenario.RunAsync(arguments),
    "socketio" => await SocketIoScenario.RunAsync(arguments),
    "nodes" => await NodesScenario.RunAsync(arguments),
    _ => throw new InvalidOperationException($"perf/run knows no {arguments.Verb}."),
};
