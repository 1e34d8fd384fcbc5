namespace Arauto.Scenarios.Idle;

/// <summary>Memory of a server before and with idle connections, in bytes.</summary>
internal sealed record IdleResult(int Connections, long ResidentBefore, long Resident, long HeapBefore, long Heap)
{
    public long ResidentEach => (Resident - ResidentBefore) / Connections;

    public long HeapEach => (Heap - HeapBefore) / Connections;
}
