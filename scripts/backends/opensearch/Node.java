import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node: its number, a folder of its own, then the HTTP ports and the transport ports of all nodes. */
class Node {
    public static void main(String[] arguments) throws Exception {
        int number = Integer.parseInt(arguments[0]);
        List<String> http = Arrays.asList(arguments[2].split(","));
        List<String> transport = Arrays.asList(arguments[3].split(","));
        OpenSearchRunner runner = new OpenSearchRunner();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        runner.onBuild((at, settings) -> {
            settings.put("node.name", "node-" + number);
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", http.get(number));
            settings.put("transport.port", transport.get(number));
            settings.putList("discovery.seed_hosts", transport.stream().map(port -> "127.0.0.1:" + port).toList());
            settings.putList("cluster.initial_cluster_manager_nodes", names(http.size()));
            // The tests' own data fill no disk; how full the machine's is must not matter.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        });
        runner.build(OpenSearchRunner.newConfigs()
            .basePath(Path.of(arguments[1]).toString()).clusterName("obskit").numOfNode(1).disableESLogger());
        Thread.currentThread().join();
    }

    private static String[] names(int nodes) {
        return java.util.stream.IntStream.range(0, nodes).mapToObj(number -> "node-" + number).toArray(String[]::new);
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (Exception trouble) {
            trouble.printStackTrace();
        }
    }
}
