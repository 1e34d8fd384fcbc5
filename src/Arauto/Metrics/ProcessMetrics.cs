namespace Arauto.Metrics;

/// <summary>Metrics of the process and its runtime, read when asked for.</summary>
internal static class ProcessMetrics
{
    private static readonly KeyValuePair<string, object?>[][] Generations = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => new[] { new KeyValuePair<string, object?>("generation", $"{generation}") })];

    /// <summary>Writes them.</summary>
    public static void Write(TextFormatWriter writer)
    {
        writer.Single("process_cpu_seconds_total", "Processor time of the process.", MetricKind.Counter, Environment.CpuUsage.TotalTime.TotalSeconds);
        writer.Single("process_resident_memory_bytes", "Memory of the process in RAM.", MetricKind.Gauge, Environment.WorkingSet);
        var memory = GC.GetGCMemoryInfo();
        writer.Single("dotnet_gc_heap_size_bytes", "Size of the managed heap after the last collection.", MetricKind.Gauge, memory.HeapSizeBytes);
        writer.Single("dotnet_gc_committed_bytes", "Memory that the collector holds.", MetricKind.Gauge, memory.TotalCommittedBytes);
        writer.Single("dotnet_gc_allocated_bytes_total", "Managed memory allocated.", MetricKind.Counter, GC.GetTotalAllocatedBytes());
        writer.Single("dotnet_gc_pause_seconds_total", "Time for which collections stopped all threads.", MetricKind.Counter, GC.GetTotalPauseDuration().TotalSeconds);
        writer.Head("dotnet_gc_collections_total", "Collections, each counted in its generation and all lower ones.", MetricKind.Counter);
        for (var generation = 0; generation < Generations.Length; generation++) writer.Sample("dotnet_gc_collections_total", "", Generations[generation], GC.CollectionCount(generation));
        writer.Single("dotnet_threadpool_threads", "Threads of the pool.", MetricKind.Gauge, ThreadPool.ThreadCount);
        writer.Single("dotnet_threadpool_queue_length", "Work items that wait for a thread.", MetricKind.Gauge, ThreadPool.PendingWorkItemCount);
        writer.Single("dotnet_threadpool_completed_items_total", "Work items done.", MetricKind.Counter, ThreadPool.CompletedWorkItemCount);
    }
}
