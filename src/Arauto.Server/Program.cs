using System.CommandLine;
using Arauto.Server.CommandLine;
using Arauto.Server.CommandLine.Terminals;
using Arauto.Server.Serving;

var terminal = Terminal.OfProcess();
var root = new RootCommand("Arauto: a real-time server over one log. Without further options everything runs in one process.");
root.Subcommands.Add(ServeVerb.Create(terminal));
foreach (var verb in Verbs.Create(terminal, IssuerSettings.Options, IssuerSettings.CreateIssuer)) root.Subcommands.Add(verb);
return await Verbs.RunAsync(root, args, terminal);
