namespace Arauto.Server.Stores.Sqlite;

/// <summary>A write that is rare enough to be a closure.</summary>
internal sealed class DelegateOperation<T>(Func<WriterSession, T> run) : WriteOperation<T>
{
    protected override T Run(WriterSession session) => run(session);
}
