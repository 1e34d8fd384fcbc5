using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Arauto.Tests.Redis;

/// <summary>An authority and a server's certificate for this machine, made for a test; in a temporary folder as redis-server wants them.</summary>
internal sealed class MadeCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("arauto-tls-").FullName;

    /// <param name="address">The address that the server's certificate is for.</param>
    public MadeCertificates(IPAddress address)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Arauto test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        Authority = authority.CreateSelfSigned(from, from.AddDays(10));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Arauto test server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(Authority, from, from.AddDays(9), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), Authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Authority { get; }

    /// <summary>What makes redis-server speak TLS on a port.</summary>
    public string[] Settings(int port) =>
    [
        "--tls-port", $"{port}", "--tls-auth-clients", "no", "--tls-ca-cert-file", Path.Combine(_folder, "ca.pem"),
        "--tls-cert-file", Path.Combine(_folder, "server.pem"), "--tls-key-file", Path.Combine(_folder, "server.key"),
    ];

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
