using Arauto.SocketIoHost;

// Serves suites of other makers: one application per port, each with the handlers that its suites expect. Port 0 takes a
// free one; the addresses are printed when all listen. Or it is one server of a cluster on a Redis.
(string Name, Action<WebApplication> Map)[] suites = [("conf", Conf.Map), ("eioc", Eioc.Map), ("sioc", Sioc.Map), ("smoke", Smoke.Map), ("clients", Clients.Map), ("patient", Conf.MapPatient)];
var isMember = args is ["cluster", _, _] or ["cluster", _, _, _];
if (!isMember && (args.Length is not (4 or 5 or 6) || !Array.TrueForAll(args, argument => ushort.TryParse(argument, out _))))
{
    Console.Error.WriteLine("usage: SocketIoHost CONF EIOC SIOC SMOKE [CLIENTS [PATIENT]]    (ports, 0 for a free one)");
    Console.Error.WriteLine("       SocketIoHost cluster REDIS off|classic|sharded [static|dynamic|dynamicPrivate]");
    return 2;
}

if (isMember) suites = [("cluster", Member.Map)];
var applications = isMember
    ? [Applications.Create(0, Member.Map, options => Member.Configure(options, args[1], args[2], args.Length > 3 ? args[3] : "dynamic"))]
    : args.Zip(suites, (port, suite) => Applications.Create(ushort.Parse(port), suite.Map)).ToArray();
await Task.WhenAll(applications.Select(application => application.StartAsync()));
for (var i = 0; i < applications.Length; i++) Console.Out.WriteLine($"{suites[i].Name} {applications[i].Urls.Single()}");

// Whichever is told to stop first takes the others with it.
await Task.WhenAny(applications.Select(application => application.WaitForShutdownAsync()));
await Task.WhenAll(applications.Select(application => application.StopAsync()));
return 0;
