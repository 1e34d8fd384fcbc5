using Arauto.Gateways.Binding;

namespace Arauto.Gateways;

/// <summary>What is called when sockets come and go, each in its order.</summary>
internal sealed class NamespaceHooks
{
    public List<HandlerInvoker> Connecting { get; } = [];

    public List<HandlerInvoker> Connected { get; } = [];

    public List<HandlerInvoker> Disconnecting { get; } = [];

    public List<HandlerInvoker> Disconnected { get; } = [];
}
