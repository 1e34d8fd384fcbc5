using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Arauto.Auth;

/// <summary>The random secret of development mode, kept in the data folder so that tokens outlive a restart.</summary>
public static class DevelopmentKey
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "dev-jwt.key";

    private const int Bytes = 32;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key of <paramref name="dataFolder"/>, or makes it: 32 random bytes as base64url, readable by the owner only.</summary>
    /// <remarks>Processes that start at once end with the same key: who opens the file first holds it until the key is written.</remarks>
    /// <exception cref="InvalidDataException">The file holds something else; the message says what to do.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file belongs to somebody else.</exception>
    public static string LoadOrCreate(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        var path = Path.Combine(dataFolder, FileName);
        using var file = OpenAlone(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != 0) File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
        if (file.Length == 0) return Write(file);
        Span<byte> bytes = stackalloc byte[256];
        var key = Encoding.ASCII.GetString(bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)]).Trim();
        if (key.Length != Base64Url.GetEncodedLength(Bytes) || !Base64Url.IsValid(key))
            throw new InvalidDataException($"{path} does not hold a development key; delete the file to have a new one made (tokens signed with the old one end).");
        return key;
    }

    private static string Write(FileStream file)
    {
        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        try
        {
            file.Write(Encoding.ASCII.GetBytes(key));
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            file.SetLength(0); // A part of a key must not be taken for a damaged file after the disk has room again.
            throw;
        }
        return key;
    }

    /// <remarks>A lock rather than a rename: .NET's move without overwriting is a check and a rename, between which another process fits.</remarks>
    private static FileStream OpenAlone(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        var start = TimeProvider.System.GetTimestamp();
        var wait = new SpinWait();
        while (true)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException exception) when (exception.GetType() == typeof(IOException) && TimeProvider.System.GetElapsedTime(start) < LockTimeout)
            {
                wait.SpinOnce(); // Held by another process for the time of one small write.
            }
        }
    }
}
