namespace Arauto.Ingestion;

/// <summary>A publication for the log, or something else to be done in its turn.</summary>
/// <param name="Publication">The publication.</param>
/// <param name="Action">What else is to be done when all before it has found its end.</param>
internal readonly record struct IntakeStep(Publication? Publication, Func<Task>? Action)
{
    /// <summary>How many bytes wait with it.</summary>
    public int Bytes => Publication?.Payload.Length ?? 0;
}
