namespace Arauto.Redis;

/// <summary>What a circuit breaker lets through. The numbers are those of <c>arauto_circuit_state</c>.</summary>
internal enum CircuitState
{
    /// <summary>Everything.</summary>
    Closed = 0,

    /// <summary>One call, to see.</summary>
    HalfOpen = 1,

    /// <summary>Nothing.</summary>
    Open = 2,
}
