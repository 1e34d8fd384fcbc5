using System.Globalization;
using System.Net;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Proxies;

/// <summary>A proxy from Debian's packages with their default settings, which hands each request to the next of two nodes.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private LoadBalancer(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>nginx 1.22: HTTP/1.0 to the nodes, no Upgrade passed on, answers buffered unless they forbid it, 60 s of silence.</summary>
    public static Task<LoadBalancer> StartNginxAsync(string folder, Uri first, Uri second)
    {
        var port = RedisProcess.FreePort();
        // What Debian's nginx.conf says besides concerns files and TLS; the paths are moved to where a test may write.
        var configuration =
            $$"""
            daemon off;
            worker_processes auto;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events { worker_connections 768; }
            http {
                sendfile on;
                tcp_nopush on;
                gzip on;
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                upstream arauto { server {{first.Authority}}; server {{second.Authority}}; }
                server {
                    listen 127.0.0.1:{{port}};
                    location / { proxy_pass http://arauto; }
                }
            }
            """;
        return StartAsync(folder, port, Programs.Require("nginx", "nginx"), configuration, file => ["-p", folder, "-c", file, "-e", "stderr"]);
    }

    /// <summary>HAProxy 2.6 with the defaults of Debian's haproxy.cfg: 50 s of silence in each direction.</summary>
    public static Task<LoadBalancer> StartHaProxyAsync(string folder, Uri first, Uri second)
    {
        var port = RedisProcess.FreePort();
        var configuration =
            $"""
            defaults
                mode http
                option dontlognull
                timeout connect 5000
                timeout client 50000
                timeout server 50000
            frontend all
                bind 127.0.0.1:{port}
                default_backend arauto
            backend arauto
                balance roundrobin
                option httpchk GET /readyz
                server first {first.Authority} check inter 500
                server second {second.Authority} check inter 500

            """;
        return StartAsync(folder, port, Programs.Require("haproxy", "haproxy"), configuration, file => ["-db", "-f", file]);
    }

    public string Describe() => _process.Describe();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<LoadBalancer> StartAsync(string folder, int port, string program, string configuration, Func<string, string[]> arguments)
    {
        var file = Path.Combine(folder, "proxy.conf");
        await File.WriteAllTextAsync(file, configuration, TestContext.Current.CancellationToken);
        var process = ChildProcess.Start(program, arguments(file), folder);
        var balancer = new LoadBalancer(process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));
        using var http = new HttpClient { BaseAddress = balancer.Address };
        await Eventually.TrueAsync("the proxy passes requests on", async () =>
        {
            Assert.False(process.HasExited, process.Describe());
            try
            {
                return (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return balancer;
    }
}
