#pragma warning disable CA1822 // A newcomer's handler is not static.
using Arauto;
using Arauto.Auth;
using Arauto.Gateways;
using Microsoft.AspNetCore.Builder;

namespace Snippets.First;

internal static class Program
{
    public static void Start(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddArauto(new AuthOptions { JwtSecret = builder.Configuration["Jwt:Secret"] });

        var app = builder.Build();
        app.MapArauto();
        app.MapGateway<EchoGateway>("/echo");
        app.Run();
    }
}

public sealed class EchoGateway : Gateway
{
    [Event("echo")]
    public string Echo(string text) => text;
}
