using Arauto.Client.Connections;
using Arauto.Client.Tests.Scripting;

namespace Arauto.Client.Tests.Connections;

public sealed class ProbeScheduleTests
{
    [Fact]
    public void Waits_double_up_to_the_cap_and_are_spread_by_a_quarter()
    {
        var random = Seed.Create();
        for (var run = 0; run < 200; run++)
        {
            var schedule = new ProbeSchedule(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), random);
            foreach (var middle in new[] { 30, 60, 120, 240, 300, 300, 300 })
                Assert.InRange(schedule.Next().TotalSeconds, middle * 0.75, middle * 1.25);
        }
    }
}
