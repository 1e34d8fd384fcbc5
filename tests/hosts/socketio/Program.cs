using Arauto.SocketIoHost;

// Serves suites of other makers: one application per port, each with the handlers that its suites expect. Port 0 takes a
// free one; the addresses are printed when all listen.
(string Name, Action<WebApplication> Map)[] suites = [("conf", Conf.Map), ("eioc", Eioc.Map), ("sioc", Sioc.Map), ("smoke", Smoke.Map), ("clients", Clients.Map)];
if (args.Length is not (4 or 5) || !Array.TrueForAll(args, argument => ushort.TryParse(argument, out _)))
{
    Console.Error.WriteLine("usage: SocketIoHost CONF EIOC SIOC SMOKE [CLIENTS]    (ports, 0 for a free one)");
    return 2;
}

var applications = args.Zip(suites, (port, suite) => Applications.Create(ushort.Parse(port), suite.Map)).ToArray();
await Task.WhenAll(applications.Select(application => application.StartAsync()));
for (var i = 0; i < applications.Length; i++) Console.Out.WriteLine($"{suites[i].Name} {applications[i].Urls.Single()}");

// Whichever is told to stop first takes the others with it.
await Task.WhenAny(applications.Select(application => application.WaitForShutdownAsync()));
await Task.WhenAll(applications.Select(application => application.StopAsync()));
return 0;
