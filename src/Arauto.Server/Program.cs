using System.CommandLine;
using System.CommandLine.Help;
using Arauto.Server.CommandLine;
using Arauto.Server.CommandLine.Terminals;
using Arauto.Server.Serving;

var terminal = Terminal.OfProcess();
// Not a RootCommand: that one is named after the assembly, and people type ./arauto.
var root = new Command("arauto", "A real-time server over one log. Without further options everything runs in one process.")
{
    new HelpOption { Recursive = true },
    new VersionOption(),
};
root.Subcommands.Add(ServeVerb.Create(terminal));
foreach (var verb in Verbs.Create(terminal, IssuerSettings.Options, IssuerSettings.CreateIssuer)) root.Subcommands.Add(verb);
return await Verbs.RunAsync(root, args, terminal);
